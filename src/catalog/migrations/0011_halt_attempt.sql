-- Which attempt of its job halts the services: one that was thought dead and comes back must not end what the next one
-- has begun.

ALTER TABLE halt ADD COLUMN attempt int NOT NULL DEFAULT 0;
