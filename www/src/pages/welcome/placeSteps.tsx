import { Alert, Stack } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { Server } from '@/entities/server';
import type { Storage } from '@/entities/storage';
import { ServerForm } from '@/features/server-form';
import { StorageForm } from '@/features/storage-form';
import { texts } from '@/shared/texts';

const words = texts.welcome;

/** What is made here shows at once that it works, for the guide then goes on by itself. */
const goesOn = () => undefined;

/** A server that fails its test, also one of another day, is mended here. */
export function ServerStep({ server }: { server: Server | undefined }) {
  return (
    <Stack>
      {server && <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={words.server.mend} role="alert" />}
      <ServerForm key={server?.id} server={server} onWorks={goesOn} />
    </Stack>
  );
}

export function StorageStep({ storage }: { storage: Storage | undefined }) {
  return (
    <Stack>
      <StorageForm key={storage?.id} storage={storage} onWorks={goesOn} />
    </Stack>
  );
}

