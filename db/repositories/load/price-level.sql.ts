/**
 * Whether a value was divided by an applied split `s`: it is from before the ex-date, and its payload was fetched before the
 * provider restated such values.
 * @param assetId SQL expressions, like the others
 */
export const isDividedBy = (assetId: string, session: string, fetchedAt: string): string =>
  `s.asset_id = ${assetId} and s.applied_at is not null and ${session} < s.session and s.level_from > ${fetchedAt}`;

/** The ratio of all splits by which a value was divided; null if by none. */
export const dividedBy = (assetId: string, session: string, fetchedAt: string): string =>
  `(select exp(sum(ln(s.ratio))) from splits s where ${isDividedBy(assetId, session, fetchedAt)})`;

/** A price at the level after a split, as the provider has it: a float32, as its shortest decimal. */
export const scaledPrice = (price: string, factor: string): string => `(${price} / ${factor})::real::text::float8`;
export const scaledVolume = (volume: string, factor: string): string => `round(${volume} * ${factor})`;
