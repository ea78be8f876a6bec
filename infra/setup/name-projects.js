// For jest: puts into the results which projects had a spec file. Of several projects to run jest misses one only where it finds none at all.
module.exports = (results) => ({ ...results, projects: [...new Set(results.testResults.map(({ displayName }) => displayName?.name).filter(Boolean))] })
