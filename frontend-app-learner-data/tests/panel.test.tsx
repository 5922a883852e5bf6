import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter, Route, Routes } from 'react-router-dom';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { setAuthenticatedHttpClient } from '../stub/frontend-base';
import app from '../src';

const COURSE = 'course-v1:DemoX+Small+2026';
const API = `https://lms.example.com/learner_data/api/v1/courses/${encodeURIComponent(COURSE)}`;
const RUNNING = {
  task_id: 'one', report: 'profile', format: 'csv', state: 'PROGRESS', done: 60, total: 150, percent: 40, message: '', stale: false,
};
const FILE = {
  name: 'DemoX_Small.csv', report: 'profile', format: 'csv', created: '2026-11-28T12:00:00Z', size_bytes: 35_752,
  url: `/learner_data/api/v1/courses/${COURSE}/reports/DemoX_Small.csv`,
};
const WEEK = { complete: true, watched_video: 12, tried_problem: 0, discussed: null };

/** What the LMS answers: values, or functions that are called, by what follows the course in the address. */
let answers: Record<string, unknown>;
let posted: unknown[];

// jsdom lays nothing out, and has no observer of sizes.
vi.stubGlobal('ResizeObserver', class {
  observe() {}

  unobserve() {}

  disconnect() {}
});

beforeEach(() => {
  posted = [];
  answers = {
    'statistics/': { learner_count: 1_150, generated: '2026-11-28T12:00:00Z' },
    'engagement/weeks/': { weeks: [
      { ...WEEK, week: '2026-11-09', active: 30 },
      { ...WEEK, week: '2026-11-16', active: 28 },
      { ...WEEK, week: '2026-11-23', active: 16, complete: false },
    ] },
    'tasks/': { tasks: [] },
    'reports/?page=1&page_size=20': { reports: [] },
    'reports/': { task_id: 'one' },
  };
  const answer = async (url: string) => {
    expect(url.startsWith(`${API}/`)).toBe(true);
    const path = url.slice(API.length + 1);
    expect(Object.keys(answers)).toContain(path);
    const given = answers[path];
    return { data: typeof given === 'function' ? await given() : given };
  };
  setAuthenticatedHttpClient({
    get: answer,
    post: async (url, body) => {
      posted.push(body);
      return answer(url);
    },
  });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const refusing = (status: number, body: object) => () => {
  throw Object.assign(new Error(), { response: { status, data: body } });
};

function open(tab?: string) {
  const { content } = (app.slots![0].element as JSX.Element).props;
  render(
    <IntlProvider locale="en">
      <MemoryRouter initialEntries={[`/instructor-dashboard/${COURSE}/learner_data`]}>
        <Routes><Route path="/instructor-dashboard/:courseId/:tabId" element={content} /></Routes>
      </MemoryRouter>
    </IntlProvider>,
  );
  if (tab) {
    fireEvent.click(screen.getByRole('tab', { name: tab }));
  }
}

test('the app puts one entry into the slot of routes, before any other of its tab', () => {
  expect(app.slots).toHaveLength(1);
  const [operation] = app.slots!;
  expect(operation).toMatchObject({
    slotId: 'org.openedx.frontend.slot.instructorDashboard.routes.v1', op: 'widgetPrepend',
  });
  expect((operation.element as JSX.Element).props.tabId).toBe('learner_data');
});

describe('overview', () => {
  test('shows who is enrolled, and what they did in the last complete week', async () => {
    open();
    const tile = async (name: string) => (await screen.findByText(name)).parentElement!.textContent;
    expect(await tile('Enrolled now')).toBe('Enrolled now1,150');
    expect(await tile('Active')).toBe('Active28In the week of Nov 16, 2026');
    expect(await tile('Watched a video')).toContain('12');
    expect(await tile('Tried a problem')).toContain('problem0');
    expect(await tile('Took part in discussions')).toContain('Not known');
  });

  test('asks again while a large course is counted', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    answers['statistics/'] = { learner_count: null, generated: null };
    open();
    await screen.findByText('Enrolled now');
    answers['statistics/'] = { learner_count: 7, generated: '2026-11-28T12:00:00Z' };
    await act(() => vi.advanceTimersByTimeAsync(3_100));
    expect(screen.getByText('7')).toBeTruthy();
  });

  test('says what the LMS said, and tries again', async () => {
    answers['statistics/'] = refusing(403, { error_code: 'permission_denied', developer_message: 'You need a role.' });
    open();
    await screen.findByText('You need a role.');
    answers['statistics/'] = { learner_count: 8, generated: '2026-11-28T12:00:00Z' };
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('8');
  });

  test('has a sentence for an LMS that says nothing', async () => {
    answers['statistics/'] = () => { throw new Error('Network Error'); };
    open();
    await screen.findByText('This could not be loaded. Please try again.');
  });
});

describe('reports', () => {
  test('has one made, follows it, and shows the file when it has ended', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    open('Reports');
    await screen.findByText('There are no reports yet.');
    fireEvent.change(screen.getByLabelText('Report'), { target: { value: 'engagement_weekly' } });
    fireEvent.change(screen.getByLabelText('Format'), { target: { value: 'xlsx' } });
    answers['tasks/'] = { tasks: [{ ...RUNNING, total: null, done: null, percent: null, state: 'QUEUING' }] };
    fireEvent.click(screen.getByRole('button', { name: 'Create report' }));
    await screen.findByText('The report is being created. You can leave this page while it runs.');
    expect(posted).toEqual([{ report: 'engagement_weekly', format: 'xlsx' }]);
    await screen.findByText('Profile information: waiting to start');

    answers['tasks/'] = { tasks: [RUNNING] };
    await act(() => vi.advanceTimersByTimeAsync(1_100));
    expect(screen.getByText('Profile information: 60 of 150 rows')).toBeTruthy();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');

    answers['tasks/'] = { tasks: [{ ...RUNNING, state: 'SUCCESS' }] };
    answers['reports/?page=1&page_size=20'] = { reports: [FILE] };
    await act(() => vi.advanceTimersByTimeAsync(1_100));
    await screen.findByText('Profile information: finished');
    const link = await screen.findByRole('link', { name: FILE.name });
    expect(link.getAttribute('href')).toBe(`https://lms.example.com${FILE.url}?bom=1`);
    expect(within(link.closest('tr')!).getByText('35.8 kB')).toBeTruthy();
    expect(screen.queryByText(/being created/)).toBeNull();
  });

  test('asks for the purpose where the site wants one', async () => {
    answers['reports/'] = refusing(422, { error_code: 'purpose_required', developer_message: 'Please say what for.' });
    open('Reports');
    fireEvent.click(await screen.findByRole('button', { name: 'Create report' }));
    await screen.findByText('Please say what for.');
    fireEvent.change(screen.getByLabelText('What is it for?'), { target: { value: ' Write to learners ' } });
    answers['reports/'] = { task_id: 'one' };
    fireEvent.click(screen.getByRole('button', { name: 'Create report' }));
    await screen.findByText(/being created/);
    expect(posted.at(-1)).toEqual({ report: 'profile', format: 'csv', purpose: 'Write to learners' });
  });

  test('tells a failure and a report that has stopped', async () => {
    answers['tasks/'] = { tasks: [
      { ...RUNNING, state: 'FAILURE', message: 'The store refused.' },
      { ...RUNNING, task_id: 'two', report: 'of_another_plugin', stale: true },
    ] };
    open('Reports');
    await screen.findByText('Profile information: failed. The store refused.');
    await screen.findByText('of_another_plugin: has stopped responding');
  });

  test('nothing is asked while nobody looks', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const asked = vi.fn(() => ({ tasks: [RUNNING] }));
    answers['tasks/'] = asked;
    open('Reports');
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(asked).toHaveBeenCalledTimes(1);
    hidden.mockReturnValue(false);
    await act(() => vi.advanceTimersByTimeAsync(1_100));
    expect(asked).toHaveBeenCalledTimes(2);
    hidden.mockRestore();
  });
});

describe('the rest, in a frame', () => {
  const say = (frame: HTMLIFrameElement, given: object) => act(() => {
    window.dispatchEvent(new MessageEvent('message', {
      origin: 'https://lms.example.com', source: frame.contentWindow, data: { type: 'learner-data.height', height: 2_345 }, ...given,
    }));
  });

  test('is the page of the course, and as high as it says', async () => {
    open('Learners and more');
    const frame = await screen.findByTitle<HTMLIFrameElement>('Learner Data');
    expect(frame.src).toBe(`https://lms.example.com/learner_data/courses/${encodeURIComponent(COURSE)}/?embedded=1`);
    expect(frame.height).toBe('600');
    const told = vi.spyOn(frame.contentWindow!, 'postMessage').mockImplementation(() => {});
    await say(frame, {});
    expect(frame.height).toBe('2345');
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ type: 'learner-data.view' }), 'https://lms.example.com');
  });

  test('listens to the LMS alone', async () => {
    open('Learners and more');
    const frame = await screen.findByTitle<HTMLIFrameElement>('Learner Data');
    await say(frame, { origin: 'https://evil.example' });
    await say(frame, { source: window });
    await say(frame, { data: { type: 'another', height: 1 } });
    await say(frame, { data: { type: 'learner-data.height', height: '1' } });
    await say(frame, { data: null });
    expect(frame.height).toBe('600');
  });
});
