import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import type { Server } from '@/entities/server';
import { PickDatabases } from '@/features/pick-databases';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';

const words = texts.welcome.databases;

export function DatabasesStep({ server, count, onGo }: { server: Server; count: number; onGo: () => void }) {
  const rights = server.check?.steps?.find(({ name, state }) => name === 'rights' && state === 'warning');
  return (
    <Stack>
      {rights && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={words.rights(server.username)}>
          <Text size="sm">
            {capital(rights.detail)}. {rights.fix}{' '}
            <Anchor component={Link} to={`/servers/${server.id}`} inherit>
              {words.mend}
            </Anchor>
          </Text>
        </Alert>
      )}
      <PickDatabases serverId={server.id} />
      {count > 0 && (
        <Group justify="flex-end">
          <Button onClick={onGo}>{words.go}</Button>
        </Group>
      )}
    </Stack>
  );
}
