import { Anchor, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileSearch, IconPencil, IconPlugConnected, IconTrash } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { IfMay, useMay } from '@/entities/me';
import { StorageStatus, useTestStorage } from '@/entities/storage';
import type { Storage } from '@/entities/storage';
import { StorageFormDialog } from '@/features/storage-form';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Facts, notifyDone, notifyProblem, RowMenu, Surface, When } from '@/shared/ui';
import { RemoveDialog, RescanDialog } from './dialogs';
import classes from './StoragesPage.module.css';

const words = texts.storages;

export function StorageCard({ storage }: { storage: Storage }) {
  const isAdministrator = useMay('administrator');
  const [isEditing, editing] = useDisclosure(false);
  const [isRemoving, removing] = useDisclosure(false);
  const [isRescanning, rescanning] = useDisclosure(false);
  return (
    <Surface label={storage.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2}>{storage.name}</Title>
            <StorageStatus storage={storage} plain />
          </div>
          {isAdministrator && (
            <RowMenu
              row={storage}
              name={storage.name}
              actions={[
                { label: words.edit, icon: <IconPencil size={16} aria-hidden />, onClick: editing.open },
                { label: words.rescan, icon: <IconFileSearch size={16} aria-hidden />, onClick: rescanning.open },
                { label: words.remove, icon: <IconTrash size={16} aria-hidden />, onClick: removing.open, isDangerous: true },
              ]}
            />
          )}
        </Group>
        {storage.check && !storage.check.ok && (
          <Text size="sm" c="var(--hf-bad)" role="status">
            {storage.check.message}
          </Text>
        )}
        <Facts
          items={[
            [words.path, <Code key="path" className={classes.path}>{storage.path}</Code>],
            [words.use, <Use key="use" storage={storage} />],
            [words.probed, <When key="probed" at={storage.checked_at} />],
          ]}
        />
        <Probe storage={storage} />
      </Stack>
      <StorageFormDialog opened={isEditing} onClose={editing.close} storage={storage} />
      <RescanDialog opened={isRescanning} onClose={rescanning.close} storage={storage} />
      <RemoveDialog opened={isRemoving} onClose={removing.close} storage={storage} />
    </Surface>
  );
}

function Use({ storage: { use } }: { storage: Storage }) {
  if (use.backups === 0) return <>{words.unused}</>;
  return (
    <Anchor component={Link} to="/logs">
      {words.useOf(counted(use.backups, 'backup'), size(use.bytes))}
    </Anchor>
  );
}

function Probe({ storage }: { storage: Storage }) {
  const probe = useTestStorage();
  const tell = (tested: Storage) => {
    if (tested.check?.ok) notifyDone(words.probing.works(tested.name));
  };
  return (
    <IfMay role="operator">
      <Group>
        <Button
          variant="default"
          size="xs"
          loading={probe.isPending}
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          onClick={() => {
            probe.mutate(storage.id, { onSuccess: tell, onError: notifyProblem });
          }}
        >
          {words.probe}
        </Button>
      </Group>
    </IfMay>
  );
}
