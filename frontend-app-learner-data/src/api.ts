import { getAuthenticatedHttpClient, getSiteConfig } from '@openedx/frontend-base';

/** One week of a course: how many learners did something in it, null where that is not known. */
export interface Week {
  week: string,
  complete: boolean,
  active: number | null,
  watched_video: number | null,
  tried_problem: number | null,
  discussed: number | null,
}

export interface Statistics {
  learner_count: number | null,
  generated: string | null,
}

/** A report that is being made, or that ended within the last hour. */
export interface Task {
  task_id: string,
  report: string,
  format: string,
  state: string,
  done: number | null,
  total: number | null,
  percent: number | null,
  message: string,
  stale: boolean,
}

export interface ReportFile {
  name: string,
  report: string,
  format: string,
  created: string,
  size_bytes: number,
  url: string,
}

export const REPORTS = ['profile', 'anonymized_ids', 'engagement_daily', 'engagement_weekly', 'research'] as const;
export const FORMATS = ['csv', 'xlsx'] as const;
export const FILES_SHOWN = 20;

const root = (courseId: string) => (
  `${getSiteConfig().lmsBaseUrl}/learner_data/api/v1/courses/${encodeURIComponent(courseId)}`
);

async function read<T>(courseId: string, path: string): Promise<T> {
  return (await getAuthenticatedHttpClient().get<T>(`${root(courseId)}/${path}`)).data;
}

export const readStatistics = (courseId: string) => read<Statistics>(courseId, 'statistics/');

export const readWeeks = async (courseId: string) => (await read<{ weeks: Week[] }>(courseId, 'engagement/weeks/')).weeks;

export const readTasks = async (courseId: string) => (await read<{ tasks: Task[] }>(courseId, 'tasks/')).tasks;

export const readFiles = async (courseId: string) => (
  (await read<{ reports: ReportFile[] }>(courseId, `reports/?page=1&page_size=${FILES_SHOWN}`)).reports
);

/** Has a report made; answers its task, or that of the one that is being made already. */
export async function requestReport(courseId: string, report: string, format: string, purpose: string): Promise<string> {
  const body = { report, format, ...(purpose ? { purpose } : {}) };
  return (await getAuthenticatedHttpClient().post<{ task_id: string }>(`${root(courseId)}/reports/`, body)).data.task_id;
}

/** Where the browser gets a file; a CSV with the mark without which Excel misreads it, where the site wants that. */
export const downloadUrl = (file: ReportFile) => (
  getSiteConfig().lmsBaseUrl + file.url + (file.format === 'csv' ? '?bom=1' : '')
);

export const isRunning = (task: Task) => !['SUCCESS', 'FAILURE', 'REVOKED'].includes(task.state);

export interface Refusal {
  code: string,
  sentence: string,
}

/** What the LMS said when it refused; empty texts where it said nothing. */
export function refusalOf(error: unknown): Refusal {
  const { response } = (error ?? {}) as { response?: { data?: { error_code?: unknown, developer_message?: unknown } } };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { code: text(response?.data?.error_code), sentence: text(response?.data?.developer_message) };
}
