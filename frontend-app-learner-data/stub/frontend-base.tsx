// Stands for @openedx/frontend-base in the tests: the names of types/frontend-base.d.ts, and no more.
import { defineMessages, useIntl } from 'react-intl';

export { defineMessages, useIntl };

export enum WidgetOperationTypes {
  PREPEND = 'widgetPrepend',
}

export interface TestClient {
  get(url: string): Promise<{ data: unknown }>,
  post(url: string, body: unknown): Promise<{ data: unknown }>,
}

let client: TestClient;

/** Puts a client of the test's own in the place of the one that signs its calls. */
export function setAuthenticatedHttpClient(given: TestClient) {
  client = given;
}

export const getAuthenticatedHttpClient = () => client;

export const getSiteConfig = () => ({ lmsBaseUrl: 'https://lms.example.com' });
