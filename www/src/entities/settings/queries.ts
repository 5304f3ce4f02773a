import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

/** What of the services is halted by a restore unless it is chosen otherwise there. */
export interface HaltPresets {
  halt_connections: boolean;
  halt_gate: boolean;
  halt_webhooks: boolean;
}

type Settings = Schemas['Settings'];
const settingsKey = ['settings'] as const;

export function useHaltPresets() {
  return useQuery({
    queryKey: settingsKey,
    queryFn: ({ signal }) => take(api.GET('/api/v1/settings', { signal })),
    select: (settings): HaltPresets => ({
      halt_connections: settings.halt_connections === true,
      halt_gate: settings.halt_gate === true,
      halt_webhooks: settings.halt_webhooks === true,
    }),
  });
}

export function useSaveHaltPresets() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: HaltPresets) =>
      take(api.PATCH('/api/v1/settings', { params: { header: ifMatch(client.getQueryData<Settings>(settingsKey) ?? { version: 1 }) }, body: { ...body } })),
    onSuccess: (settings) => {
      client.setQueryData(settingsKey, settings);
    },
  });
}
