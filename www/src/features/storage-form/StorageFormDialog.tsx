import { Modal } from '@mantine/core';
import type { Storage } from '@/entities/storage';
import { texts } from '@/shared/texts';
import { notifyDone } from '@/shared/ui';
import { StorageForm } from './StorageForm';

const words = texts.storages.form;

export function StorageFormDialog({ opened, onClose, storage }: { opened: boolean; onClose: () => void; storage?: Storage }) {
  return (
    <Modal opened={opened} onClose={onClose} title={storage ? words.editTitle(storage.name) : words.addTitle}>
      <StorageForm
        storage={storage}
        onCancel={onClose}
        onWorks={(saved) => {
          notifyDone(words.saved(saved.name));
          onClose();
        }}
      />
    </Modal>
  );
}
