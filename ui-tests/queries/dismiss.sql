DELETE FROM crew WHERE id = $id
