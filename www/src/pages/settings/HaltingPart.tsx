import { Button, Group, Skeleton, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useMay } from '@/entities/me';
import { useHaltPresets, useSaveSettings } from '@/entities/settings';
import type { HaltPresets } from '@/entities/settings';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { LeaveGuard, notifyDone, ProblemAlert, Status, submitting } from '@/shared/ui';
import { Part } from './Part';

const words = settingsTexts.halting;
const PARTS = [
  ['halt_connections', words.connections, words.connectionsHint],
  ['halt_gate', words.gate, words.gateHint],
  ['halt_webhooks', words.webhooks, words.webhooksHint],
] as const;

export function HaltingPart() {
  const presets = useHaltPresets();
  const mayChange = useMay('administrator');
  return (
    <Part title={words.title} lead={words.lead}>
      {presets.error && !presets.data && <ProblemAlert error={presets.error} onRetry={() => void presets.refetch()} />}
      {presets.isPending && <Skeleton h={150} />}
      {presets.data && (mayChange ? <PresetsForm key={JSON.stringify(presets.data)} presets={presets.data} /> : <Presets presets={presets.data} />)}
    </Part>
  );
}

function PresetsForm({ presets }: { presets: HaltPresets }) {
  const save = useSaveSettings();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ initialValues: { ...presets } });
  const submit = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        await save.mutateAsync(values);
        notifyDone(words.saved);
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <LeaveGuard isDirty={form.isDirty()} />
      <Stack>
        {PARTS.map(([name, label, hint]) => (
          <Switch key={name} label={label} description={hint} maw="48rem" {...form.getInputProps(name, { type: 'checkbox' })} />
        ))}
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {words.save}
          </Button>
          {!form.isDirty() && (
            <Text size="sm" c="dimmed">
              {words.unchanged}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function Presets({ presets }: { presets: HaltPresets }) {
  return (
    <Stack gap="sm">
      {PARTS.map(([name, label, hint]) => (
        <div key={name}>
          <Group gap="sm">
            <Text fw={550}>{label}</Text>
            <Status plain tone={presets[name] ? 'ok' : 'quiet'}>
              {presets[name] ? words.on : words.off}
            </Status>
          </Group>
          <Text size="sm" c="dimmed" maw="48rem">
            {hint}
          </Text>
        </div>
      ))}
      <Text size="sm" c="dimmed">
        {words.administrator}
      </Text>
    </Stack>
  );
}
