export { assessedOf, readDraft, writeDraft } from './draft';
export type { Draft } from './draft';
export { fileOf, useAssess, useMigrate, useReport } from './queries';
export type { Assessment, Outcome, PostgresOutcome, Report } from './queries';
export { AWKWARD, AWKWARD_KINDS, FRESH_S, hasEnds, isRestore, makesFile, makesKey, ofSource, patternOf, requestOf, sourceOf, tickOf, usual } from './values';
export type { Awkward, Source, Target, ValueChoice, Values } from './values';
