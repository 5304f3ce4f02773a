import { Button, Skeleton, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { Page, ProblemAlert } from '@/shared/ui';
import { Guide } from './Guide';
import { useSetUp } from './useSetUp';

const words = texts.welcome;

/** From nothing to a first backup. What is done is seen from what there is, so that one can leave and go on later. */
export function WelcomePage() {
  const mayGo = useMay('administrator');
  const { setUp, error, refetch } = useSetUp();
  const leave = (
    <Button component={Link} to="/" state={{ isGuideLeft: true }} variant="subtle" color="gray">
      {words.leave}
    </Button>
  );
  return (
    <Page title={words.title} description={words.lead} actions={leave}>
      {!mayGo && <Text>{words.refused}</Text>}
      {mayGo && !setUp && (error ? <ProblemAlert error={error} onRetry={refetch} /> : <Skeleton h={320} radius="md" />)}
      {mayGo && setUp && <Guide setUp={setUp} />}
    </Page>
  );
}
