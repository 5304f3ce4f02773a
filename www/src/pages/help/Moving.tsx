import { Button, Code, List, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { IfMay } from '@/entities/me';
import { moving as words } from '@/shared/texts/moving';
import { CopyText, Surface } from '@/shared/ui';

export function Moving() {
  return (
    <Surface label={words.title} id="moving">
      <Title order={2}>{words.title}</Title>
      <Text c="dimmed" maw="48rem" mb="md">
        {words.lead}
      </Text>
      <Stack gap="xl">
        {words.topics.map((topic) => (
          <Stack key={topic.title} gap="sm">
            <Title order={3}>{topic.title}</Title>
            <List type="ordered" spacing="xs">
              {topic.items.map(([title, body]) => (
                <List.Item key={title}>
                  <Text fw={550}>{title}</Text>
                  <Text c="dimmed" maw="44rem">
                    {body}
                  </Text>
                </List.Item>
              ))}
            </List>
            <CopyText label={topic.label} text={topic.code} />
          </Stack>
        ))}
        <Left />
        <Tables />
        <IfMay role="operator">
          <Button component={Link} to="/migrate" style={{ alignSelf: 'flex-start' }}>
            {words.migrate}
          </Button>
        </IfMay>
      </Stack>
    </Surface>
  );
}

function Left() {
  const { title, lead, items, map, document } = words.left;
  return (
    <Stack gap="sm">
      <Title order={3} id="left-behind">
        {title}
      </Title>
      <Text maw="48rem">{lead}</Text>
      <List spacing="xs" maw="48rem">
        {items.map(([what, why]) => (
          <List.Item key={what}>
            <b>{what}:</b> {why}
          </List.Item>
        ))}
      </List>
      <Text maw="48rem">
        {map} <Code>{document}</Code>.
      </Text>
    </Stack>
  );
}

function Tables() {
  const { title, lead, items } = words.tables;
  return (
    <Stack gap="sm">
      <Title order={3}>{title}</Title>
      <Text maw="48rem">{lead}</Text>
      {items.map((item) => (
        <Stack key={item.title} gap={6}>
          <Title order={4}>{item.title}</Title>
          <Text maw="48rem">{item.body}</Text>
          <CopyText label={item.label} text={item.code} />
        </Stack>
      ))}
    </Stack>
  );
}
