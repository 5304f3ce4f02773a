import { Anchor, Group, Progress, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useRecentBackups } from '@/entities/backup';
import { StorageStatus, useAllStorages } from '@/entities/storage';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './OverviewPage.module.css';

const words = texts.overview.storages;

/** What lies on each storage, and its share of all. */
export function StorageUse() {
  const storages = useAllStorages().data;
  const backups = useRecentBackups().data;
  const all = backups?.items.reduce((sum, { size_bytes }) => sum + size_bytes, 0) ?? 0;
  const say = backups?.isAll === false ? texts.storages.useAtLeast : texts.storages.useOf;
  return (
    <Surface label={words.title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{words.title}</Title>
        <Anchor component={Link} to="/storages" size="sm">
          {words.all}
        </Anchor>
      </Group>
      {storages?.length === 0 && <Text c="dimmed">{words.nothing}</Text>}
      <ul className={classes.list}>
        {storages?.map((storage) => {
          const here = backups?.items.filter(({ storage_id }) => storage_id === storage.id) ?? [];
          const bytes = here.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
          return (
            <li key={storage.id}>
              <div className={classes.line}>
                <Group gap="sm">
                  <Text fw={500}>{storage.name}</Text>
                  <StorageStatus storage={storage} plain />
                </Group>
                <span className="tabular">{say(counted(here.length, 'backup'), size(bytes))}</span>
              </div>
              <Progress size="sm" mt={4} value={all > 0 ? (100 * bytes) / all : 0} aria-label={texts.storages.share(storage.name)} />
            </li>
          );
        })}
      </ul>
    </Surface>
  );
}
