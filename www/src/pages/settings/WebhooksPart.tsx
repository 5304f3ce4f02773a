import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { IconPencil, IconPlus, IconSend, IconTrash, IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import { useDeleteWebhook, useWebhookPage } from '@/entities/webhook';
import type { Webhook } from '@/entities/webhook';
import { useListState } from '@/shared/api';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { ConfirmDialog, CopyText, DataTable, EmptyState, notifyDone, Status } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { WebhookForm } from './WebhookForm';
import { WebhookTest } from './WebhookTest';
import classes from './SettingsPage.module.css';

const words = settingsTexts.webhooks;

const columns: Column<Webhook>[] = [
  { key: 'name', title: words.name, sort: 'name', cell: (webhook) => <Text inherit fw={550}>{webhook.name}</Text> },
  {
    key: 'url',
    title: words.url,
    cell: (webhook) => (
      <div className={classes.url}>
        {webhook.url}
        <Text size="sm" c="dimmed">
          {[webhook.has_secret ? words.signed : words.unsigned, ...(webhook.must_succeed ? [words.required] : [])].join(' · ')}
        </Text>
      </div>
    ),
  },
  {
    key: 'state',
    title: words.state,
    cell: (webhook) => (
      <Status plain tone={webhook.is_active ? 'ok' : 'quiet'}>
        {webhook.is_active ? words.active : words.inactive}
      </Status>
    ),
  },
];

export function WebhooksPart() {
  const list = useWebhookPage(useListState({ sort: 'name' }));
  const remove = useDeleteWebhook();
  const [edited, setEdited] = useState<Webhook | 'new' | null>(null);
  const [removed, setRemoved] = useState<Webhook | null>(null);
  const [tested, setTested] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const webhook = edited === 'new' || edited === null ? undefined : edited;
  const close = () => {
    setEdited(null);
    setSecret(null);
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed" maw="48rem">
            {words.lead}
          </Text>
        </div>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => {
            setEdited('new');
          }}
        >
          {words.add}
        </Button>
      </Group>
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={({ name }) => name}
        actions={() => [
          { label: words.test, icon: <IconSend size={16} />, onClick: setTested },
          { label: words.edit, icon: <IconPencil size={16} />, onClick: setEdited },
          { label: words.remove, icon: <IconTrash size={16} />, isDangerous: true, onClick: setRemoved },
        ]}
        empty={<EmptyState icon={IconWebhook} title={words.empty.title}>{words.empty.body}</EmptyState>}
      />
      <Modal
        opened={edited !== null}
        onClose={close}
        closeOnClickOutside={secret === null}
        closeOnEscape={secret === null}
        title={secret ? words.once.title : webhook ? words.editTitle(webhook.name) : words.add}
      >
        {secret ? <SecretOnce secret={secret} onClose={close} /> : <WebhookForm webhook={webhook} onMade={setSecret} onClose={close} />}
      </Modal>
      <WebhookTest
        webhook={tested}
        onClose={() => {
          setTested(null);
        }}
      />
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => {
          setRemoved(null);
        }}
        title={words.removal.title(removed?.name ?? '')}
        confirm={words.remove}
        isDangerous
        onConfirm={async () => {
          if (!removed) return;
          await remove.mutateAsync(removed);
          notifyDone(words.removal.done(removed.name));
        }}
      >
        {words.removal.body}
      </ConfirmDialog>
    </Stack>
  );
}

function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm">{words.once.body}</Text>
      <CopyText label={words.once.label} text={secret} wrap />
      <Text size="sm" c="dimmed">
        {words.once.how}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>{words.once.done}</Button>
      </Group>
    </Stack>
  );
}
