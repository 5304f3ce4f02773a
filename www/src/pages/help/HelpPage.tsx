import { Anchor, Button, Code, Group, List, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { IfMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { moving } from '@/shared/texts/moving';
import { CopyText, Page, Surface } from '@/shared/ui';
import { Codes } from './Codes';
import { Moving } from './Moving';

const words = texts.help;
const PARTS = [
  ['emergency', words.steps.title],
  ['by-hand', words.byHand.title],
  ['moving', moving.title],
  ['codes', words.codes.title],
] as const;

export function HelpPage() {
  return (
    <Page title={words.title} description={words.lead}>
      <Group component="nav" gap="lg" aria-label={words.parts}>
        {PARTS.map(([id, title]) => (
          <Anchor key={id} href={`#${id}`}>
            {title}
          </Anchor>
        ))}
      </Group>
      <Emergency />
      <ByHand />
      <Moving />
      <Codes />
      <Surface label={words.more.title}>
        <Title order={2} mb="xs">
          {words.more.title}
        </Title>
        <List spacing={4}>
          {words.more.items.map(([command, what]) => (
            <List.Item key={command}>
              <Code>{command}</Code> {what}
            </List.Item>
          ))}
        </List>
      </Surface>
    </Page>
  );
}

function Emergency() {
  return (
    <Surface label={words.steps.title} id="emergency">
      <Title order={2} mb="sm">
        {words.steps.title}
      </Title>
      <List type="ordered" spacing="sm">
        {words.steps.items.map(([title, body]) => (
          <List.Item key={title}>
            <Text fw={550}>{title}</Text>
            <Text c="dimmed" maw="44rem">
              {body}
            </Text>
          </List.Item>
        ))}
      </List>
      <Group mt="md" gap="sm">
        <Button component={Link} to="/logs" variant="default">
          {words.steps.logs}
        </Button>
        <IfMay role="operator">
          <Button component={Link} to="/restore">
            {words.steps.restore}
          </Button>
        </IfMay>
      </Group>
    </Surface>
  );
}

function ByHand() {
  return (
    <Surface label={words.byHand.title} id="by-hand">
      <Title order={2}>{words.byHand.title}</Title>
      <Text c="dimmed" maw="48rem" mb="md">
        {words.byHand.lead}
      </Text>
      <Stack gap="md">
        {words.byHand.items.map((item, at) => (
          <Stack key={item.title} gap={6}>
            <Title order={3}>{`${String(at + 1)}. ${item.title}`}</Title>
            <Text maw="48rem">{item.body}</Text>
            <CopyText label={item.label} text={item.code} />
          </Stack>
        ))}
        <Text>{words.byHand.cli}</Text>
        <CopyText label={words.byHand.cliLabel} text={words.byHand.cliCode} />
      </Stack>
    </Surface>
  );
}
