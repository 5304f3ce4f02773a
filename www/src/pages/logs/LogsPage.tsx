import { SegmentedControl } from '@mantine/core';
import { useSearchParams } from 'react-router-dom';
import { logs as logTexts } from '@/shared/texts/logs';
import { Page } from '@/shared/ui';
import { FilesTable } from './FilesTable';
import { LogTable } from './LogTable';

const words = logTexts;

/** DB Logs: every backup and restore, or every file, as the address says (?view=files). */
export function LogsPage() {
  const [params, setParams] = useSearchParams();
  const view = params.get('view') === 'files' ? 'files' : 'log';
  return (
    <Page
      title={words.title}
      description={words.lead}
      actions={
        <SegmentedControl
          aria-label={words.views.label}
          value={view}
          data={[
            { value: 'log', label: words.views.log },
            { value: 'files', label: words.views.files },
          ]}
          onChange={(to) => {
            setParams(to === 'files' ? { view: 'files' } : {});
          }}
        />
      }
    >
      {view === 'files' ? <FilesTable /> : <LogTable />}
    </Page>
  );
}
