import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { useDatabase, useOpenDatabase } from '@/entities/database';
import type { Database } from '@/entities/database';
import { IfMay } from '@/entities/me';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, Notice, When } from '@/shared/ui';

const words = texts.closed;
const POLL_MS = 5000;

interface ClosedNoticeProps {
  databaseId: string;
  /** Only if this job has closed it; absent: whichever. */
  jobId?: string;
}

/** That a migration has closed its source; and once that is moved, the button that opens it again. */
export function ClosedNotice({ databaseId, jobId }: ClosedNoticeProps) {
  const database = useDatabase(databaseId, POLL_MS).data;
  const closed = database?.closed;
  if (!closed || (jobId !== undefined && closed.job_id !== jobId)) return null;
  return (
    <Notice
      icon={IconLock}
      title={closed.is_moved ? words.title : words.moving}
      action={
        closed.is_moved && (
          <IfMay role="operator">
            <Open database={database} />
          </IfMay>
        )
      }
    >
      <Text size="sm">{closed.is_moved ? words.body(database.name) : words.movingBody(database.name)}</Text>
      <Text size="sm">
        {words.since} <When at={closed.at} />
        {jobId === undefined && (
          <>
            {' · '}
            <Anchor component={Link} to={`/jobs/${closed.job_id}`} size="sm">
              {words.look}
            </Anchor>
          </>
        )}
      </Text>
    </Notice>
  );
}

function Open({ database }: { database: Database }) {
  const open = useOpenDatabase();
  const navigate = useNavigate();
  const [key, setKey] = useState(newKey);
  const [opened, dialog] = useDisclosure(false);
  const close = () => {
    setKey(newKey());
    dialog.close();
  };
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {words.button}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title={words.dialog.title(database.name)}
        confirm={words.dialog.confirm}
        onConfirm={async () => {
          const { job_id } = await open.mutateAsync({ id: database.id, key });
          navigate(`/jobs/${job_id}`);
        }}
      >
        <Stack gap="sm">
          <Text>{words.dialog.body(database.name)}</Text>
          <Text c="dimmed" size="sm">
            {words.dialog.writes}
          </Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
