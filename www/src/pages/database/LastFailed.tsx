import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import type { Database } from '@/entities/database';
import { errorText, useLastBackupJob } from '@/entities/job';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';

const words = texts.databases.lastFailed;

/** That the newest try has failed, though an older backup still protects. */
export function LastFailed({ database }: { database: Database }) {
  const job = useLastBackupJob(database.id).data;
  if (job?.state !== 'failed') return null;
  return (
    <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={words.title} role="alert">
      <Text size="sm">
        <When at={job.ended_at} />: {errorText(job)}
      </Text>
      <Anchor component={Link} to={`/jobs/${job.id}`} size="sm">
        {words.look}
      </Anchor>
    </Alert>
  );
}
