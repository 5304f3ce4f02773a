import { Anchor, Group, Progress, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { StorageStatus, useAllStorages } from '@/entities/storage';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './OverviewPage.module.css';

const words = texts.overview.storages;

/** What lies on each storage, and its share of all. */
export function StorageUse() {
  const storages = useAllStorages().data;
  const all = storages?.reduce((sum, { use }) => sum + use.bytes, 0) ?? 0;
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
          return (
            <li key={storage.id}>
              <div className={classes.line}>
                <Group gap="sm">
                  <Text fw={500}>{storage.name}</Text>
                  <StorageStatus storage={storage} plain />
                </Group>
                <span className="tabular">{texts.storages.useOf(counted(storage.use.backups, 'backup'), size(storage.use.bytes))}</span>
              </div>
              <Progress size="sm" mt={4} value={all > 0 ? (100 * storage.use.bytes) / all : 0} aria-label={texts.storages.share(storage.name)} />
            </li>
          );
        })}
      </ul>
    </Surface>
  );
}
