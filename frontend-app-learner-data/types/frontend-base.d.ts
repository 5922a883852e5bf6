// What the panel uses of @openedx/frontend-base, which is not on the registry of every developer: written by hand.
declare module '@openedx/frontend-base' {
  import type { ReactNode } from 'react';
  import type { IntlShape, MessageDescriptor } from 'react-intl';

  export enum WidgetOperationTypes {
    PREPEND = 'widgetPrepend',
  }

  export interface SlotOperation {
    slotId: string,
    id: string,
    op: WidgetOperationTypes,
    element: ReactNode,
  }

  export interface App {
    appId: string,
    slots?: SlotOperation[],
  }

  export interface HttpClient {
    get<T>(url: string): Promise<{ data: T }>,
    post<T>(url: string, body: unknown): Promise<{ data: T }>,
  }

  export function getAuthenticatedHttpClient(): HttpClient;
  export function getSiteConfig(): { lmsBaseUrl: string };
  export function defineMessages<T extends Record<string, MessageDescriptor>>(messages: T): T;
  export function useIntl(): IntlShape;
}
