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

const presetsOf = (settings: Settings): HaltPresets => ({
  halt_connections: settings.halt_connections === true,
  halt_gate: settings.halt_gate === true,
  halt_webhooks: settings.halt_webhooks === true,
});

function useSettings<Part>(select: (settings: Settings) => Part) {
  return useQuery({ queryKey: settingsKey, queryFn: ({ signal }) => take(api.GET('/api/v1/settings', { signal })), select });
}

export const useHaltPresets = () => useSettings(presetsOf);

const SAFETY_DAYS = 30; // of the service, while nothing is set

/** For how many days the safety backups are kept that restores make of what they replace. */
export const useSafetyDays = () => useSettings(({ safety_keep_days }) => safety_keep_days ?? SAFETY_DAYS);

const REPORT_DAYS = 90; // of the service, while nothing is set

/** For how many days the reports of assessments and migrations are kept, and the rows that were refused. */
export const useReportDays = () => useSettings(({ report_keep_days }) => report_keep_days ?? REPORT_DAYS);

export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<HaltPresets> | Pick<Schemas['SettingsChange'], 'safety_keep_days' | 'report_keep_days'>) =>
      take(api.PATCH('/api/v1/settings', { params: { header: ifMatch(client.getQueryData<Settings>(settingsKey) ?? { version: 1 }) }, body: { ...body } })),
    onSuccess: (settings) => {
      client.setQueryData(settingsKey, settings);
    },
  });
}
