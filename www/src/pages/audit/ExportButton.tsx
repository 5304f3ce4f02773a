import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { asCsv, eachAuditEvent } from '@/entities/audit';
import type { Scope } from '@/entities/audit';
import { useMe } from '@/entities/me';
import type { ListState } from '@/shared/api';
import { counted } from '@/shared/lib/units';
import { audit as auditTexts } from '@/shared/texts/audit';
import { notifyDone, notifyProblem } from '@/shared/ui';

const words = auditTexts.export;

/** All that the filters let through, not the page alone. */
export function ExportButton({ state, scope }: { state: ListState; scope: Scope }) {
  const me = useMe();
  const [count, setCount] = useState<number | null>(null);
  const run = async () => {
    setCount(0);
    try {
      const events = await eachAuditEvent(scope, state, setCount);
      save(asCsv(events), words.fileName(scope === 'installation' ? scope : (me.organization?.name ?? ''), new Date().toISOString().slice(0, 10)));
      notifyDone(words.done(counted(events.length, 'event')));
    } catch (error) {
      notifyProblem(error);
    } finally {
      setCount(null);
    }
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled={count !== null} onClick={() => void run()}>
      {count === null ? words.button : words.busy(counted(count, 'event'))}
    </Button>
  );
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\w.-]+/g, '-');
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
