import type { KeyIdentity } from './key-identity.ts';

/** 32 bits of a key: FNV-1a. Good enough for chains; who needs independent bits mixes it (`mixed`). */
export function hashOf(id: KeyIdentity): number {
  const text = typeof id === 'string' ? id : String(id);
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** Spreads a hash over all bits; another odd factor gives bits that do not tell of the first ones. */
export function mixed(hash: number, factor: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), factor);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
