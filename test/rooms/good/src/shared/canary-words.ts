export interface Label {
  name: string;
}
