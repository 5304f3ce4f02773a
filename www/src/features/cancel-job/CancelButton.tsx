import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHandStop } from '@tabler/icons-react';
import { jobTitle, useCancelJob } from '@/entities/job';
import type { Job } from '@/entities/job';
import { IfMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

const words = texts.job.cancel;

/** `isSwapped`: of a restore, what it brings back is live already. */
export function CancelButton({ job, isSwapped = false }: { job: Job; isSwapped?: boolean }) {
  const cancel = useCancelJob();
  const [opened, dialog] = useDisclosure(false);
  return (
    <IfMay role="operator">
      <Button variant="default" leftSection={<IconHandStop size={16} aria-hidden />} onClick={dialog.open} disabled={job.cancel_requested}>
        {words.button}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title={words.title(jobTitle(job))}
        confirm={words.confirm}
        isDangerous
        onConfirm={async () => {
          await cancel.mutateAsync(job.id);
          notifyDone(words.done);
        }}
      >
        {!isSwapped && <Text>{job.kind === 'migrate' ? words.migrate : words.body}</Text>}
        {job.kind === 'restore' && <Text mt="xs">{isSwapped ? words.swapped : words.restore}</Text>}
      </ConfirmDialog>
    </IfMay>
  );
}
