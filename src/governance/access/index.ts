// Who may do what.

export { may, PERMISSIONS, roleMay, scopeMay, whoMay, type Permission } from './permissions.ts'
