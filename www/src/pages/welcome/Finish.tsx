import { Button, Group, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';

const words = texts.welcome.finish;

export function Finish() {
  return (
    <Surface label={words.title}>
      <Title order={2}>{words.title}</Title>
      <Text mt={4} mb="md" role="status">
        {words.body}
      </Text>
      <Group>
        <Button component={Link} to="/">
          {words.overview}
        </Button>
        <Button component={Link} to="/restore" variant="default">
          {words.restore}
        </Button>
      </Group>
    </Surface>
  );
}
