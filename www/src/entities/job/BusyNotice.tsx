import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';
import { jobTitle } from './jobTitle';
import { useReplacing } from './queries';

const words = texts.undo.busy;

/** That somebody restores the database at this moment: who, since when, and where to look. Nothing if nobody does. */
export function BusyNotice({ databaseId, body }: { databaseId: string | null | undefined; body?: string }) {
  const job = useReplacing(databaseId);
  if (!job) return null;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={job.state === 'running' ? words.running(jobTitle(job)) : words.waiting(jobTitle(job))} role="status">
      <Text size="sm">
        {words.by} {job.created_by}, <When at={job.created_at} />. {body}
      </Text>
      <Anchor component={Link} to={`/jobs/${job.id}`} size="sm">
        {words.look}
      </Anchor>
    </Alert>
  );
}
