import { IconArrowBackUp, IconDownload, IconPin, IconPinnedOff, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';
import { useLinkBackup, usePinBackup, useWholeBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useMay } from '@/entities/me';
import { follow } from '@/shared/lib/follow';
import { logs as logTexts } from '@/shared/texts/logs';
import { notifyDone, notifyProblem } from '@/shared/ui';
import { DeleteDialog } from './DeleteDialog';
import { VerifyDialog } from './VerifyDialog';

const words = logTexts;

export interface BackupAction {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  isDangerous?: boolean;
  disabled?: string | undefined;
}

/** What is known of it where only its head is: the rest is asked for when it is needed. */
export type BackupHead = Pick<Backup, 'id' | 'state' | 'is_pinned'>;

export interface BackupActions {
  /** Restore, Verify, Download, Pin, Delete, for those who may; `whyNone` when there is no file. */
  of: (backup: BackupHead | null, whyNone?: string) => BackupAction[];
  /** To be drawn somewhere on the page. */
  dialogs: ReactNode;
}

/** What can be done with the file of a backup. */
export function useBackupActions(onDeleted?: () => void): BackupActions {
  const may = useMay('operator');
  const navigate = useNavigate();
  const pin = usePinBackup();
  const link = useLinkBackup();
  const whole = useWholeBackup();
  const [asked, setAsked] = useState<{ what: 'verify' | 'delete'; backup: Backup } | null>(null);
  const close = () => {
    setAsked(null);
  };
  const download = (backup: Backup) => {
    link.mutate(backup.id, {
      onSuccess: ({ url }) => {
        follow(url);
        notifyDone(words.downloading(backup.name));
      },
      onError: notifyProblem,
    });
  };
  const togglePin = (backup: Backup) => {
    pin.mutate(
      { backup, isPinned: !backup.is_pinned },
      {
        onSuccess: ({ is_pinned }) => {
          notifyDone(is_pinned ? words.pinning.pinned(1) : words.pinning.unpinned);
        },
        onError: notifyProblem,
      },
    );
  };
  const of = (backup: BackupHead | null, whyNone?: string): BackupAction[] => {
    if (!may) return [];
    const gone = !backup ? (whyNone ?? words.cannot.none) : backup.state === 'deleted' ? words.cannot.deleted : undefined;
    const missing = gone ?? (backup?.state === 'missing' ? words.cannot.missing : undefined);
    const on = (act: (of: Backup) => void) => () => {
      if (backup) whole(backup.id).then(act, notifyProblem);
    };
    const ask = (what: 'verify' | 'delete') =>
      on((it) => {
        setAsked({ what, backup: it });
      });
    return [
      { label: words.actions.restore, icon: <IconArrowBackUp size={16} aria-hidden />, disabled: missing, onClick: () => void navigate(`/restore?backup=${backup?.id ?? ''}`) },
      { label: words.actions.verify, icon: <IconShieldCheck size={16} aria-hidden />, disabled: gone, onClick: ask('verify') },
      { label: words.actions.download, icon: <IconDownload size={16} aria-hidden />, disabled: missing, onClick: on(download) },
      {
        label: backup?.is_pinned ? words.actions.unpin : words.actions.pin,
        icon: backup?.is_pinned ? <IconPinnedOff size={16} aria-hidden /> : <IconPin size={16} aria-hidden />,
        disabled: gone,
        onClick: on(togglePin),
      },
      {
        label: words.actions.remove,
        icon: <IconTrash size={16} aria-hidden />,
        isDangerous: true,
        disabled: gone ?? (backup?.is_pinned ? words.cannot.pinned : undefined),
        onClick: ask('delete'),
      },
    ];
  };
  const backups = asked ? [asked.backup] : [];
  return {
    of,
    dialogs: (
      <>
        <VerifyDialog opened={asked?.what === 'verify'} onClose={close} backups={backups} />
        <DeleteDialog opened={asked?.what === 'delete'} onClose={close} backups={backups} onDone={onDeleted} />
      </>
    ),
  };
}
