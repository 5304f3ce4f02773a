import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '@/shared/api';

/** What of the services is halted by a restore unless it is chosen otherwise there. */
export interface HaltPresets {
  halt_connections: boolean;
  halt_gate: boolean;
  halt_webhooks: boolean;
}

const settingsKey = ['settings'] as const;

export function useHaltPresets() {
  return useQuery({
    queryKey: settingsKey,
    queryFn: ({ signal }) => take(api.GET('/api/v1/settings', { signal })) as Promise<Record<string, unknown>>,
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
    mutationFn: (body: HaltPresets) => take(api.PATCH('/api/v1/settings', { body: { ...body } })),
    onSuccess: (settings) => {
      client.setQueryData(settingsKey, settings);
    },
  });
}
