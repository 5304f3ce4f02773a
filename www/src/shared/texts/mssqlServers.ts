/** SQL Servers, which databases are moved to: their list, the form, the test. */
export const mssqlServers = {
  check: {
    /** The keys are the API's. */
    steps: {
      name: 'Address of the host',
      port: 'Port',
      tls: 'Encryption of the connection',
      login: 'Signing in',
      rights: 'Rights in the database',
      version: 'Version of SQL Server',
      collation: 'Collation',
      space: 'Room',
      keys: 'Keys for encrypted columns',
    },
  },
};
