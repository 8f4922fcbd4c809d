/** Each class has a family of paths in the API: /api/stocks and /api/crypto. */
export type AssetClass = 'stock' | 'crypto';
