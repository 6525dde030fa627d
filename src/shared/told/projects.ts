// The host, the line to it, and project files.
export const projects = {
  'error.lost': 'The connection to Second Look was lost. It is being opened again.',
  'error.old-address': 'This address is from an earlier start of Second Look. Open the address that it printed last.',
  'error.bug': 'Something went wrong inside Second Look. The log has it under {{reference}}.',
  'error.logged': 'Something went wrong inside Second Look. The log has it.',
  'error.stopped': 'Second Look has stopped; start it again.',
  'error.compute-ended':
    'The compute process ended unexpectedly ({{why}}). What was saved is kept; start it again to go on.',
  'error.no-compute': 'The compute process could not be started. Is there memory left?',
  'error.place-not-open': 'This place was not opened here; choose it again.',
  'error.folder-not-open': 'That folder is not open to this app any more. Choose it again.',
  'error.outside-folder': '{{path}} lies outside the folder that was chosen.',
  'error.not-there': '{{path}} is not there, or may not be read. Check the path and try again.',

  'error.no-project': 'No project is open. Open one, or make a new one.',
  'error.not-recent': 'That project is not among the recent ones any more. Open its file.',
  'error.project-exists': '{{path}} exists already. Choose another name, or open that project.',
  'error.project-gone': '{{path}} is not there any more. It may have been moved or deleted.',
  'error.not-a-project': '{{path}} is not a Second Look project.',
  'error.newer-project': '{{path}} was saved by a newer version of Second Look. Update this one to open it.',
  'error.in-use': '{{path}} is open in another window or program. Close it there and try again.',
  'error.disk-full':
    'The disk that holds {{path}} is full. Free some space and try again; nothing that was saved is lost.',
  'error.not-writable': '{{path}} cannot be written. Check that its folder exists and that you may write there.',
  'error.damaged':
    '{{path}} is damaged or is not a Second Look project. If a file named like it with ".backup" lies beside it, open that one.',
  'error.disk-failed':
    '{{path}} could not be read or written; the disk or network share reported an error. Check it and try again.',
} as const;
