import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useReplacing } from '@/entities/job';
import { IfMay } from '@/entities/me';
import { useKeptCopies, useUndoRestore } from '@/entities/restore';
import type { KeptCopy } from '@/entities/restore';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, Notice, When } from '@/shared/ui';

const words = texts.undo;

interface UndoNoticeProps {
  databaseId: string;
  databaseName: string;
  /** Only what this job has replaced; absent: the newest there is. */
  jobId?: string;
}

/**
 * That a restore or a migration can be undone, until when, and the button that does it. Nothing where there is nothing to undo, and while
 * another restore is on its way: what that replaces would not be what comes back.
 */
export function UndoNotice({ databaseId, databaseName, jobId }: UndoNoticeProps) {
  const copies = useKeptCopies(databaseId).data;
  const copy = jobId === undefined ? copies?.[0] : copies?.find((each) => each.jobId === jobId);
  const isBusy = useReplacing(databaseId, jobId) !== undefined;
  const [opened, dialog] = useDisclosure(false);
  if (!copy || isBusy) return null;
  const title = words.titles[copy.kind] ?? words.title;
  return (
    <Notice
      icon={IconArrowBackUp}
      title={title}
      action={
        <IfMay role="operator">
          <Button variant="default" onClick={dialog.open}>
            {words.button}
          </Button>
          <UndoDialog opened={opened} onClose={dialog.close} copy={copy} databaseId={databaseId} databaseName={databaseName} />
        </IfMay>
      }
    >
      <Text size="sm">{words.body(databaseName)}</Text>
      <Text size="sm">
        {words.replaced} <When at={copy.since} /> · {words.until} <When at={copy.until} as="local" />
      </Text>
    </Notice>
  );
}

interface UndoDialogProps {
  opened: boolean;
  onClose: () => void;
  copy: KeptCopy;
  databaseId: string;
  databaseName: string;
}

function UndoDialog({ opened, onClose, copy, databaseId, databaseName }: UndoDialogProps) {
  const undo = useUndoRestore();
  const navigate = useNavigate();
  const [key, setKey] = useState(newKey);
  const [withGate, setWithGate] = useState(false);
  const close = () => {
    setKey(newKey());
    onClose();
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      title={words.dialog.title(databaseName)}
      confirm={copy.kind === 'migrate' ? words.dialog.confirmMigration : words.dialog.confirm}
      typeName={databaseName}
      onConfirm={async () => {
        const { job_id } = await undo.mutateAsync({ database_id: databaseId, body: { copy: copy.copy, halt_gate: withGate }, key });
        navigate(`/jobs/${job_id}`);
      }}
    >
      <Stack gap="sm">
        <Text>{words.dialog.body(databaseName)}</Text>
        <Text c="dimmed" size="sm">
          {words.dialog.sessions}
        </Text>
        <Group>
          <Checkbox
            label={words.dialog.gate}
            checked={withGate}
            onChange={(event) => {
              setWithGate(event.currentTarget.checked);
            }}
          />
        </Group>
      </Stack>
    </ConfirmDialog>
  );
}
