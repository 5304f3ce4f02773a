import { Alert, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTestWebhook } from '@/entities/webhook';
import type { Webhook } from '@/entities/webhook';
import { duration } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { ProblemAlert } from '@/shared/ui';

const words = settingsTexts.webhooks.testing;

/** Sends one test when it is opened, and says what came of it. */
export function WebhookTest({ webhook, onClose }: { webhook: Webhook | null; onClose: () => void }) {
  return (
    <Modal opened={webhook !== null} onClose={onClose} title={webhook && words.title(webhook.name)}>
      {webhook && <Outcome webhook={webhook} onClose={onClose} />}
    </Modal>
  );
}

function Outcome({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { mutate, data, error, isPending } = useTestWebhook();
  useEffect(() => {
    mutate(webhook);
  }, [mutate, webhook]);
  const took = data && duration(data.duration_ms / 1000);
  return (
    <Stack>
      <div role="status">
        {isPending && (
          <Group gap="xs">
            <Loader size="sm" aria-hidden />
            <Text>{words.busy(webhook.url)}</Text>
          </Group>
        )}
        {data?.ok && (
          <Alert color="green" icon={<IconCircleCheck aria-hidden />} title={words.ok}>
            {words.answered(String(data.status), took ?? '')}
          </Alert>
        )}
        {data && !data.ok && (
          <Alert color="red" icon={<IconCircleX aria-hidden />} title={words.failed}>
            {capital(data.message)}
            <Text size="sm" fw={550} mt={4}>
              {data.status === null ? words.reach : words.refused}
            </Text>
          </Alert>
        )}
      </div>
      <ProblemAlert error={error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          disabled={isPending}
          onClick={() => {
            mutate(webhook);
          }}
        >
          {words.again}
        </Button>
        <Button onClick={onClose}>{words.close}</Button>
      </Group>
    </Stack>
  );
}
