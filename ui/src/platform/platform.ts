/** What the window needs from the place it runs in, and nothing more. */
export interface Platform {
  /** Whether {@link Platform.chooseFolder} can open a dialog here. */
  readonly canChooseFolder: boolean;
  /** Runs one operation of the contract; rejects with the contract's error object. */
  call(operation: string, request: unknown): Promise<unknown>;
  /** Delivers the contract's events until the returned function is called. */
  subscribe(listener: (event: unknown) => void): Promise<() => void>;
  /** Lets the reader choose a folder; null when the dialog was dismissed. */
  chooseFolder(): Promise<string | null>;
  /** Shows a folder, or the folder of a file, in the system's own file manager. */
  openFolder(path: string): Promise<void>;
  /** Lets the reader keep a text as a file of their own; false when the dialog was dismissed. */
  saveText(name: string, text: string): Promise<boolean>;
  /** Puts text on the clipboard. */
  copyText(text: string): Promise<void>;
  /** Unix time in milliseconds; the mock keeps its own clock so that pictures repeat. */
  now(): number;
}
