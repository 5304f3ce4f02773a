import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useMay, useMe, whoIs } from '@/entities/me';
import { migrations as words } from '@/shared/texts/migrations';
import { NotYours, Page, StepList } from '@/shared/ui';
import { EndsStep } from './EndsStep';
import { STEPS, useWizard } from './useWizard';

const WhatStep = lazy(() => import('./WhatStep'));
const CheckStep = lazy(() => import('./CheckStep'));
const GoStep = lazy(() => import('./GoStep'));

/** From source and target over what moves and an assessment to the confirmation. */
export function MigratePage() {
  const mayMigrate = useMay('operator');
  const who = whoIs(useMe());
  if (mayMigrate) return <Wizard key={who} who={who} />;
  return (
    <Page title={words.title}>
      <NotYours words={words.viewer} />
    </Page>
  );
}

function Wizard({ who }: { who: string }) {
  const wizard = useWizard(who);
  return (
    <Page title={words.title} description={words.description}>
      <StepList label={words.steps.label} names={STEPS.map((name) => words.steps[name])} current={STEPS.indexOf(wizard.step)} />
      <Suspense fallback={<Skeleton h={320} radius="md" />}>
        {wizard.step === 'ends' && <EndsStep wizard={wizard} />}
        {wizard.step === 'what' && <WhatStep wizard={wizard} />}
        {wizard.step === 'check' && <CheckStep wizard={wizard} />}
        {wizard.step === 'go' && <GoStep wizard={wizard} />}
      </Suspense>
    </Page>
  );
}
