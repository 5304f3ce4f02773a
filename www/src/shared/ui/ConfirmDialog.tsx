import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { texts } from '@/shared/texts';
import { ProblemAlert } from './ProblemAlert';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  /** A question: "Disable the schedule nightly?" */
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  /** The verb of the button: "Disable". */
  confirm: string;
  isDangerous?: boolean;
  /** The button works only when exactly this was typed. */
  typeName?: string;
  /** Awaited; the dialog closes when it succeeds, and shows the problem when it does not. */
  onConfirm: () => Promise<unknown>;
}

/** Asks before something happens. Its state begins anew at each opening. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={<Text fw={620}>{props.title}</Text>}>
      <Question {...props} />
    </Modal>
  );
}

function Question({ onClose, children, confirm, isDangerous = false, typeName, onConfirm }: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isAllowed = typeName === undefined || typed === typeName;

  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // or a form around it would be sent, too
        if (isAllowed) void go();
      }}
    >
      <Stack>
        <div>{children}</div>
        {typeName !== undefined && (
          <TextInput
            label={texts.confirm.type(typeName)}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
            }}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" color={isDangerous ? 'red' : undefined} loading={isBusy} disabled={!isAllowed}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
