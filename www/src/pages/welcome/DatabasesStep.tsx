import { Button, Group, Stack } from '@mantine/core';
import { PickDatabases } from '@/features/pick-databases';
import { texts } from '@/shared/texts';

export function DatabasesStep({ serverId, count, onGo }: { serverId: string; count: number; onGo: () => void }) {
  return (
    <Stack>
      <PickDatabases serverId={serverId} />
      {count > 0 && (
        <Group justify="flex-end">
          <Button onClick={onGo}>{texts.welcome.databases.go}</Button>
        </Group>
      )}
    </Stack>
  );
}
