export { AssessmentReport } from './AssessmentReport';
export { JobReport } from './JobReport';
