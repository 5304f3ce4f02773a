import { Alert } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconDatabaseOff } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useLive } from '@/entities/database';
import type { Database } from '@/entities/database';
import { texts } from '@/shared/texts';
import type { Values } from './values';

const words = texts.restore.target;

/** A database that was dropped has nothing to give way: the form then offers to make it again, under its own name. */
export function GoneNotice({ form, database }: { form: UseFormReturnType<Values>; database: Database }) {
  const isGone = useLive(database.id).data?.exists === false;
  const { setValues } = form;
  useEffect(() => {
    if (isGone) setValues((values) => (values.mode === 'new' ? values : { ...values, mode: 'new', server_id: database.server_id, database_name: database.name }));
  }, [isGone, setValues, database]);
  if (!isGone) return null;
  return (
    <Alert color="yellow" icon={<IconDatabaseOff aria-hidden />} title={words.gone(database.name)} role="status">
      {words.goneBody}
    </Alert>
  );
}
