import { Button, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { IfMay, useMay } from '@/entities/me';
import { useAllStorages } from '@/entities/storage';
import { StorageFormDialog } from '@/features/storage-form';
import { texts } from '@/shared/texts';
import { EmptyState, Page, ProblemAlert, Surface } from '@/shared/ui';
import { StorageCard } from './StorageCard';
import classes from './StoragesPage.module.css';

const words = texts.storages;

/** There are few of them: a card each. */
export function StoragesPage() {
  const storages = useAllStorages();
  const mayAdd = useMay('administrator');
  const [isAdding, adding] = useDisclosure(false);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={adding.open}>
      {words.add}
    </Button>
  );
  return (
    <Page title={words.title} description={words.lead} actions={<IfMay role="administrator">{storages.data?.length ? add : null}</IfMay>}>
      {!storages.data &&
        (storages.error ? <ProblemAlert error={storages.error} onRetry={() => void storages.refetch()} /> : <Skeleton h={200} radius="md" />)}
      {storages.data?.length === 0 && (
        <Surface>
          <EmptyState icon={IconDatabase} title={words.empty.title} action={mayAdd && add}>
            {mayAdd ? words.empty.body : words.empty.viewer}
          </EmptyState>
        </Surface>
      )}
      <div className={classes.cards}>{storages.data?.map((storage) => <StorageCard key={storage.id} storage={storage} />)}</div>
      <StorageFormDialog opened={isAdding} onClose={adding.close} />
    </Page>
  );
}
