import { Modal } from '@mantine/core';
import type { Server } from '@/entities/server';
import { texts } from '@/shared/texts';
import { notifyDone } from '@/shared/ui';
import { ServerForm } from './ServerForm';

const words = texts.servers.form;

/** Its form begins anew at each opening. */
export function ServerFormDialog({ opened, onClose, server, onWorks }: { opened: boolean; onClose: () => void; server?: Server; onWorks?: (server: Server) => void }) {
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={server ? words.editTitle(server.name) : words.addTitle}>
      <ServerForm
        server={server}
        onCancel={onClose}
        onWorks={(saved) => {
          notifyDone(words.saved(saved.name));
          onClose();
          onWorks?.(saved);
        }}
      />
    </Modal>
  );
}
