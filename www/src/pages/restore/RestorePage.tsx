import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { NotYours, Page, StepList } from '@/shared/ui';
import { PickStep } from './PickStep';
import type { Values } from './values';

const TargetStep = lazy(() => import('./TargetStep'));
const CheckStep = lazy(() => import('./CheckStep'));
const words = texts.restore;

/**
 * From a backup to the confirmation. Where one is stands in the address (?backup=, then ?preflight=): a reload loses nothing
 * but a key that was pasted.
 */
export function RestorePage() {
  const mayRestore = useMay('operator');
  if (mayRestore) return <Wizard />;
  return (
    <Page title={words.title}>
      <NotYours words={words.viewer} />
    </Page>
  );
}

function Wizard() {
  const [params, setParams] = useSearchParams();
  const [draft, setDraft] = useState<Values | null>(null);
  const [identity, setIdentity] = useState('');
  const backup = params.get('backup');
  const preflight = params.get('preflight');
  const database = params.get('database_id');
  const go = (to: Record<string, string>) => {
    setParams(to);
    window.scrollTo(0, 0);
  };
  return (
    <Page title={words.title} description={words.description}>
      <StepList label={words.steps.label} names={[words.steps.backup, words.steps.target, words.steps.check]} current={preflight ? 2 : backup ? 1 : 0} />
      <Suspense fallback={<Skeleton h={320} radius="md" />}>
        {preflight ? (
          <CheckStep
            key={preflight}
            id={preflight}
            identity={identity}
            onChecked={(id, other) => {
              setIdentity(other);
              setDraft((before) => before && { ...before, identity: other });
              go({ preflight: id });
            }}
            onBack={(backupId) => {
              go({ backup: backupId });
            }}
          />
        ) : backup ? (
          <TargetStep
            key={backup}
            backupId={backup}
            databaseId={database}
            draft={draft}
            onBack={() => {
              go(database ? { database_id: database } : {});
            }}
            onChecked={(id, values) => {
              setDraft(values);
              setIdentity(values.identity);
              go({ preflight: id });
            }}
          />
        ) : (
          <PickStep
            onPick={(id) => {
              setDraft(null);
              go({ backup: id, ...(database ? { database_id: database } : {}) });
            }}
          />
        )}
      </Suspense>
    </Page>
  );
}
