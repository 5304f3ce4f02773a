export { needsKey } from './needsKey';
export { isNeeded } from './isNeeded';
export { keyKey, useAllKeys, useChangeKey, useCreateKey, useDeleteKey, useKey, useKeyPage, useKeySheet } from './queries';
export type { Key } from './queries';
