import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { DatabaseStatus, useAllDatabases } from '@/entities/database';
import { useMay } from '@/entities/me';
import type { Server } from '@/entities/server';
import { PickDatabases } from '@/features/pick-databases';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';

const words = texts.servers;

/** Operators see what the server has, and register it; who may not ask the server sees what is registered. */
export function ServerDatabases({ server }: { server: Server }) {
  const mayAsk = useMay('operator');
  return (
    <Surface label={words.found.title}>
      <Title order={2} mb="sm">
        {mayAsk ? words.found.title : words.columns.databases}
      </Title>
      {!mayAsk ? <Registered server={server} /> : server.check?.ok ? <PickDatabases serverId={server.id} /> : <Text c="dimmed">{words.found.untested}</Text>}
      {mayAsk && !server.check?.ok && <Registered server={server} />}
    </Surface>
  );
}

function Registered({ server }: { server: Server }) {
  const databases = useAllDatabases().data?.filter(({ server_id }) => server_id === server.id) ?? [];
  return (
    <Stack gap="xs" mt="sm">
      {databases.map((database) => (
        <Group key={database.id} justify="space-between">
          <Anchor component={Link} to={`/databases/${database.id}`}>
            {database.name}
          </Anchor>
          <DatabaseStatus database={database} plain />
        </Group>
      ))}
    </Stack>
  );
}
