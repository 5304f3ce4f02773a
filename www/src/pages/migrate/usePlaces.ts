import { useAllKeys } from '@/entities/key';
import { useAllStorages } from '@/entities/storage';

/** Where a file can go, and the keys that it can be sealed for. */
export function usePlaces() {
  const storages = useAllStorages();
  const keys = useAllKeys();
  return { storages: storages.data, keys: keys.data, isLoading: storages.isLoading || keys.isLoading };
}
