import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp, IconBell, IconPlayerPlay, IconTableExport, IconTableImport, IconTrash } from '@tabler/icons-react';
import { lazy } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import type { Database } from '@/entities/database';
import { IfMay, useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { LateDialog, RowMenu } from '@/shared/ui';
import type { RowAction } from '@/shared/ui';
import { AlarmDialog } from './AlarmDialog';
import { BackupDialog } from './BackupDialog';
import { RemoveDialog } from './RemoveDialog';

const ExportDialog = lazy(() => import('@/features/export-tables'));
const words = texts.databases.actions;

/** What can be done with the database, for those who may. */
export function Actions({ database }: { database: Database }) {
  const navigate = useNavigate();
  const isAdministrator = useMay('administrator');
  const [isBackingUp, backup] = useDisclosure(false);
  const [isSetting, alarm] = useDisclosure(false);
  const [isRemoving, removal] = useDisclosure(false);
  const [isExporting, exporting] = useDisclosure(false);
  const more: RowAction<Database>[] = [{ label: words.alarm, icon: <IconBell size={16} aria-hidden />, onClick: alarm.open }];
  more.push({ label: words.import, icon: <IconTableImport size={16} aria-hidden />, onClick: () => void navigate(`/databases/${database.id}/import`) });
  if (isAdministrator) more.push({ label: words.export, icon: <IconTableExport size={16} aria-hidden />, onClick: exporting.open });
  if (isAdministrator) more.push({ label: words.remove, icon: <IconTrash size={16} aria-hidden />, onClick: removal.open, isDangerous: true });
  return (
    <IfMay role="operator">
      <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={backup.open}>
        {words.backup}
      </Button>
      <Button component={Link} to={`/restore?database_id=${database.id}`} variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />}>
        {words.restore}
      </Button>
      <RowMenu row={database} name={database.name} actions={more} />
      <BackupDialog opened={isBackingUp} onClose={backup.close} database={database} />
      <AlarmDialog opened={isSetting} onClose={alarm.close} database={database} />
      <LateDialog opened={isExporting}>{(opened) => <ExportDialog opened={opened} onClose={exporting.close} database={database} />}</LateDialog>
      <RemoveDialog opened={isRemoving} onClose={removal.close} database={database} />
    </IfMay>
  );
}
