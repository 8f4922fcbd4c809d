/** The symbol of a US stock: classes of shares follow a dot, as in BRK.B; preferred shares and warrants are left out. */
export const symbolOf = ({ symbol }: { symbol: string }): string | null =>
  /^[A-Z]{1,5}(-[A-Z])?$/.test(symbol) ? symbol.replace('-', '.') : null;
