export {
  storageKey,
  useAllStorages,
  useChangeStorage,
  useCreateStorage,
  useDeleteStorage,
  useRescanStorage,
  useStorage,
  useStoragePage,
  useTestStorage,
} from './queries';
export type { Storage } from './queries';
export { StorageStatus } from './StorageStatus';
