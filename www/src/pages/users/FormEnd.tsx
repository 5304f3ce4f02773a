import { Button, Group } from '@mantine/core';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '@/shared/ui';

/** The last lines of a dialog's form. */
export function FormEnd({ error, isBusy, save, onClose }: { error: unknown; isBusy: boolean; save: string; onClose: () => void }) {
  return (
    <>
      <ProblemAlert error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {texts.confirm.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {save}
        </Button>
      </Group>
    </>
  );
}
