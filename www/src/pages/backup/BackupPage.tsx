import { Alert, Anchor, Button, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarClock, IconInfoCircle, IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { useSchedulePage } from '@/entities/schedule';
import { ManualBackupDialog, useChoices } from '@/features/schedule';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { EmptyState, LateDialog, Page, Pager, ProblemAlert, Surface, TableSearch } from '@/shared/ui';
import classes from './BackupPage.module.css';
import { ScheduleCard } from './ScheduleCard';

const words = texts.schedules;

/** DB Backup: a card for each schedule, and the backup by hand. */
export function BackupPage() {
  const state = useListState({ sort: 'name' });
  const list = useSchedulePage(state);
  const { choices, error } = useChoices();
  const mayChange = useMay('operator');
  const [isByHand, byHand] = useDisclosure(false);
  const isReady = choices && [choices.databases, choices.storages, choices.keys].every(({ length }) => length > 0);
  const isEmpty = !list.isPending && !list.error && list.rows.length === 0;
  const add = (
    <Button component={Link} to="/backup/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {words.add}
    </Button>
  );
  const actions = mayChange && isReady && (
    <>
      <Button variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={byHand.open}>
        {words.manual}
      </Button>
      {!isEmpty && add}
    </>
  );
  return (
    <Page title={words.title} description={words.lead} actions={actions}>
      <ProblemAlert error={list.rows.length === 0 ? (list.error ?? error) : null} onRetry={list.refetch} />
      {mayChange && choices && !isReady && (
        <Alert icon={<IconInfoCircle aria-hidden />} title={words.needs.title}>
          {words.needs.body}{' '}
          <Anchor component={Link} to="/welcome" underline="always">
            {words.needs.link}
          </Anchor>
        </Alert>
      )}
      {(list.next ?? list.previous ?? state.isFiltered) && <TableSearch state={state} />}
      {isEmpty && (
        <Surface>
          {state.isFiltered ? (
            texts.table.nothingFound
          ) : (
            <EmptyState icon={IconCalendarClock} title={words.empty.title} action={isReady && mayChange && add}>
              {mayChange ? words.empty.body : words.empty.viewer}
            </EmptyState>
          )}
        </Surface>
      )}
      {(list.isPending || !choices) && !error && !isEmpty && <Skeleton h={220} radius="md" />}
      {choices && (
        <div className={classes.cards}>
          {list.rows.map((schedule) => (
            <ScheduleCard key={schedule.id} schedule={schedule} choices={choices} />
          ))}
        </div>
      )}
      <Pager list={list} label={words.title} />
      <LateDialog opened={isByHand}>{(opened) => choices && <ManualBackupDialog opened={opened} onClose={byHand.close} choices={choices} />}</LateDialog>
    </Page>
  );
}
